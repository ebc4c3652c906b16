// What feedsmith makes of documents: each line of the input is one, as a JSON string; each line of the output says what it parsed.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../npm/package.json", import.meta.url));
const { parseFeed } = require("feedsmith");

const seconds = (date) => Date.parse(date) / 1000;
const hrefOf = (links, relation) => links?.find((link) => link.rel === relation)?.href;

const readers = {
  atom: (feed) => ({
    previous: hrefOf(feed.links, "prev-archive"),
    entries: (feed.entries ?? []).map((entry) => ({
      id: entry.id,
      title: entry.title.value,
      link: hrefOf(entry.links, "alternate"),
      published: seconds(entry.published),
      html: entry.content.value,
    })),
  }),
  rss: (feed) => ({
    previous: hrefOf(feed.atom?.links, "prev-archive"),
    entries: (feed.items ?? []).map((item) => ({
      id: item.guid.value,
      title: item.title,
      link: item.link,
      published: seconds(item.pubDate),
      html: item.content?.encoded ?? item.description,
    })),
  }),
  json: (feed) => ({
    previous: feed.next_url,
    entries: (feed.items ?? []).map((item) => ({
      id: item.id,
      title: item.title,
      link: item.url,
      published: seconds(item.date_published),
      html: item.content_html,
    })),
  }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { format, feed } = parseFeed(JSON.parse(line));
  console.log(JSON.stringify(readers[format](feed)));
}
