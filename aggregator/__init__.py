"""What runs: reading article files, keeping the catalogue, pressing editions, serving and publishing them.

Along the flow: source/ and frontmatter/ with clean/ make files articles, entry/ and catalogue/ keep them, refreshes/ does all of that by
schedule.py, documents/ makes feeds of what is kept, and server/, site/ and publish/ give them out. service/ and wiring.py put it together;
cli/ is the command line, with operations.py, explain/, diff/, lint/ and scaffold/ behind its commands. config/ is read by all, and
monitoring/ told by all.
"""
