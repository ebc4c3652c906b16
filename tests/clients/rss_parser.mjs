// What rss-parser gets: each line of the input is an address, as a JSON string; each line of the output says what was found there.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../npm/package.json", import.meta.url));
const Parser = require("rss-parser");

const read = async (url) => {
  const feed = await new Parser().parseURL(url);
  return {
    entries: feed.items.map((item) => ({
      id: item.guid ?? item.id,
      title: item.title,
      link: item.link,
      published: Date.parse(item.isoDate) / 1000,
      html: item["content:encoded"] ?? item.content,
    })),
  };
};

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await read(JSON.parse(line)).catch((error) => ({ error: error.message }));
  console.log(JSON.stringify(answer));
}
