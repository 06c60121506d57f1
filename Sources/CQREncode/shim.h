#ifndef CARDPROOF_CQRENCODE_SHIM_H
#define CARDPROOF_CQRENCODE_SHIM_H

#include <qrencode.h>

#endif
