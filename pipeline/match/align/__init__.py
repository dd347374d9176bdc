"""A quote laid on what was heard: candidate sentences, printed words on heard words, seams, and the milliseconds."""
