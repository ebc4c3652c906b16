"""What changed in the sources goes into the catalogue, one generation a refresh.

plan.py            what a refresh is to do: which files to read, which are gone
refresh.py         one refresh, from the plan to the commit
refresh_thread.py  refreshes beside the event loop, one at a time
lease.py           leave to go on, which the one that hangs loses; given_up.py: the files at which that happened
duplicates.py      files that another with the same identity outdates
garbage.py         when not to collect it
"""
