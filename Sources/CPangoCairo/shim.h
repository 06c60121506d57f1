// Cairo's PDF surface and Pango's layouts, as one module: Pango's drawing functions take Cairo's
// types.
#ifndef CARDPROOF_CPANGOCAIRO_SHIM_H
#define CARDPROOF_CPANGOCAIRO_SHIM_H

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#if CAIRO_VERSION < CAIRO_VERSION_ENCODE(1, 16, 0)
#error "cairo 1.16 or newer is needed (metadata of a PDF)"
#endif

#endif
