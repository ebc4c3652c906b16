"""What speed claims rest on: every row of a table, measured side by side with a peer in one run.

__main__.py   the command: which rows, at what size
rows.py       the table: what each row measures, what it must reach, and by which trial
reading.py    what a measurement gave: samples, and the one number that is judged
bench.py      sizes, folders and corpora of one run
loopback.py   ports of this machine, and one request to one
corpus.py     the articles
sites.py      the configuration of a site of them
server.py     our server as a process
processes.py  what processes use, as the kernel counts it
trials/       the measurements, by subject
loads/        what asks the servers
peers/        what stands beside us
machine.py    what machine this is, and which versions
report.py     the table, and the JSON
figures.py    the table and the plots of docs/performance.md, from the JSON
plot.py       the plots
"""
