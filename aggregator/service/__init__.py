"""A running server, from start to stop: one process or several.

service.py          all of it put together; service_manager.py: how systemd is told
serving.py          an HTTP server over the catalogue in this process; workers.py: in several. Each is an outlet.py
switchboard.py      the figures of several processes brought together
status_token.py     who may see the status page
allocator.py, open_files.py, departure.py  what the operating system is asked for: memory, files, an end in time
"""
