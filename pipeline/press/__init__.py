"""Articles become quotes with offsets, speakers and kinds."""
