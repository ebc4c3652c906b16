"""What can be published, as bytes: from definitions of feeds to editions.

definitions.py     which feeds there are
draft.py           a document that can be made: feed_drafts.py, search_drafts.py and delta_drafts.py make them
search_request.py  from the query of an address to the feed that is asked for
press.py           from a path to the current edition; searches.py: the same for searches, within bounds
shelf.py           entries as they were written last
edition.py         one document in one state, with its validators and compressed forms
version_keeper.py  which entries the served documents have, written down
"""
