"""Audio becomes words with times: decode, recognise, cut into sentences."""
