"""The steps of scripts/train."""
