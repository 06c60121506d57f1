#ifndef CARDPROOF_CPROCESS_H
#define CARDPROOF_CPROCESS_H

// What Swift's Glibc module leaves out, and a call that is variadic.
#include <malloc.h>
#include <sqlite3.h>

/// Before SQLite's first use: it keeps no statistics of its memory, which cost a lock for each
/// allocation. Returns an SQLite result code.
static inline int cardproof_sqlite_without_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

#endif
