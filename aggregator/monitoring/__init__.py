"""What operators are told: the log, the metrics, and what the status page shows.

events.py    everything that the log can tell; logs.py: as lines; redaction.py: without secrets
metrics.py   what can be measured; ledger.py: of the refreshes; journal.py: what is told beside figures
audience.py  how many people read a feed; habits.py: how their programs ask
"""
