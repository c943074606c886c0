"""Tests named by what they keep: the law's articles (PIPL and others) and the promises of SECURITY.md."""
