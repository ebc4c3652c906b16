"""Folders of article files: what changed since the last time, and what the files say. Writes nothing.

scan.py          a whole folder looked at; glance.py: a few files of it
file_reader.py   a file read as one version of it, by the rules of regular_file.py
intake.py        many files read, here or in processes of their own; taken.py: what that gave
stamp.py         what tells one version of a file from another
globs.py         which paths a source is about
mounts.py        which folders other machines write to
"""
