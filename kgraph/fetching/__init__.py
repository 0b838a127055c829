"""Fetch records of papers from services, into a file that ``build`` reads.

Each service is one file in ``services/``. Nothing else in kgraph needs a network.
"""

from kgraph.fetching.run import SERVICES, FetchReport, fetch_papers
from kgraph.fetching.service import Page, Request, Search, Service

__all__ = ["SERVICES", "FetchReport", "Page", "Request", "Search", "Service", "fetch_papers"]
