"""What the catalogue keeps of an article, made of it without a database: pure, and light enough for processes that only read files.

keys.py       numbers for identities and names, and for times
names.py      the topics, providers and categories that have feeds of their own
topics.py     topics by the names that the configuration gives them
related.py    related articles that are not public yet
records.py    Article to text and back
preparing.py  all of it for one article
"""
