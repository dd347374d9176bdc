"""The stages, composed: plan, run, resume, collect failures. The only part that knows all stages."""
