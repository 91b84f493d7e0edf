"""What is measured, one file a measure; figures go to results/ with date, commit and machine."""
