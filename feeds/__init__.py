"""What a feed is: articles, selections, feed documents and the formats that render them.

Pure by rule: no files, sockets, clock, threads or database. The same input gives the same bytes.
"""
