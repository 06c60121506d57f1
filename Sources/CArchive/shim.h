// libarchive: ZIP containers of workbooks.
#ifndef CARDPROOF_CARCHIVE_SHIM_H
#define CARDPROOF_CARCHIVE_SHIM_H

#include <archive.h>
#include <archive_entry.h>

#if ARCHIVE_VERSION_NUMBER < 3006000
#error "libarchive 3.6 or newer is needed"
#endif

#endif
