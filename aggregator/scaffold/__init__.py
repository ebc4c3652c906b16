"""Files to begin with: new_site.py makes a site, new_article.py an article."""
