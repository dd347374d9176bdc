"""The recordings of a case, indexed once: sentences, their words, and which of them could account for a printed one."""
