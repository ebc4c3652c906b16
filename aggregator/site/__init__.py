"""The pages for people: templates, static files, and what makes them."""
