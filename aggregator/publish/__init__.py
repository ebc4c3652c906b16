"""Every document of one generation as a static tree.

tree.py     the tree, the old one or the new one
process.py  a process that writes part of it
nginx.py    the configuration that has nginx serve it as the server would
"""
