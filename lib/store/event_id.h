/* SPDX-License-Identifier: ISC
 *
 * event_id -- the id of an event or dead letter: the number of its source, and its
 * position there.
 */
#ifndef STORE_EVENT_ID_H
#define STORE_EVENT_ID_H

#include <stdint.h>

/* Positions are 0 to STORE_MAX_POSITION. */
#define STORE_POSITION_BITS 40
#define STORE_MAX_POSITION ((INT64_C(1) << STORE_POSITION_BITS) - 1)
#define STORE_MAX_SOURCE_NO ((INT64_C(1) << 23) - 1)

static inline int64_t
store_id(int64_t source_no, int64_t position)
{
	return source_no << STORE_POSITION_BITS | position;
}

static inline int64_t
store_source_no(int64_t id)
{
	return id >> STORE_POSITION_BITS;
}

static inline int64_t
store_position(int64_t id)
{
	return id & STORE_MAX_POSITION;
}

/* store_source_no in SQL, of the column id. */
#define STORE_TEXT_OF(number) #number
#define STORE_TEXT(number) STORE_TEXT_OF(number)
#define STORE_SQL_SOURCE_NO "(id >> " STORE_TEXT(STORE_POSITION_BITS) ")"

#endif
