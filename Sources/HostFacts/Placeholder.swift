/// Replaced when the target gets its first type.
