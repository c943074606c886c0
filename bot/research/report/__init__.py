"""The report that compares answers with the published survey: counted, judged, drawn, worded."""
