"""What the feed aggregator is made of, for those who must know: licences, a bill of materials, releases that are behind.

Scripts of the repository, run by make. No part of what is installed.
"""
