-- metric: tel_store_size_bytes
-- type: gauge
-- help: Size of the database file, without its write-ahead log.
SELECT page_count * page_size AS value
  FROM pragma_page_count, pragma_page_size;
