"""Linking: everything that needs the whole corpus, such as aliases, hierarchy, co-occurrence and topics."""
