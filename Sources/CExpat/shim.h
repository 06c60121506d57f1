// Expat: XML read as a stream.
#ifndef CARDPROOF_CEXPAT_SHIM_H
#define CARDPROOF_CEXPAT_SHIM_H

#include <expat.h>

// 2.4.0 bounds what entities may expand to (CVE-2013-0340).
#if XML_MAJOR_VERSION < 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION < 4)
#error "expat 2.4 or newer is needed"
#endif

#endif
