"""Text and HTML made fit to publish. Pure.

html.py           Markdown rendered, HTML sanitised
plain_text.py     characters, mojibake, markup reduced to a line of text
markup_limits.py  how much markup a text may have
"""
