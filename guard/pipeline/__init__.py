"""The only place where format, domain, classifier, upstream and stores meet."""
