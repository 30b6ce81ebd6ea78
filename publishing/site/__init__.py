"""The site: what people look at, in Japanese and English; static files that open without a network."""

from publishing.site.render import render

__all__ = ["render"]
