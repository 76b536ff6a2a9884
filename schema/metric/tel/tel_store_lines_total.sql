-- metric: tel_store_lines_total
-- type: counter
-- help: Lines that the store was given, by what became of them: inserted, duplicate, filtered by a map, or dead (see the table dead_letters).
SELECT 'inserted' AS fate, total(inserted_count) AS value FROM batches
UNION ALL SELECT 'duplicate', total(duplicate_count) FROM batches
UNION ALL SELECT 'filtered', total(filtered_count) FROM batches
UNION ALL SELECT 'dead', total(dead_count) FROM batches;
