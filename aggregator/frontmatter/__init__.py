"""The bytes of an article file to an Article. Pure, and the only reader of article files.

reading.py      a file to an Outcome: an article, or what is wrong with it
parts.py        the file cut into front matter and body
nodes.py        the text of front matter as nodes, by plain_yaml.py or by yaml_nodes.py
keys.py         the keys, by any of their names
values.py       the values, each by its type
fields.py       what is more than one value: provider, pictures, people
hidden_mark.py  whether a file that can't be read says that it is hidden
"""
