// Swift cannot call C functions with variable arguments: one typed wrapper for each kind of
// argument that libcurl's setopt and getinfo take, and nothing else.
#ifndef CARDPROOF_CCURL_SHIM_H
#define CARDPROOF_CCURL_SHIM_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87 or newer is needed (CURLOPT_QUICK_EXIT, CURLOPT_CA_CACHE_TIMEOUT)"
#endif

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

typedef size_t (*ccurl_data_callback)(char *data, size_t size, size_t count, void *context);
typedef curl_socket_t (*ccurl_open_socket_callback)(void *context, curlsocktype purpose,
                                                    struct curl_sockaddr *address);
typedef int (*ccurl_before_request_callback)(void *context, char *peer_address,
                                             char *local_address, int peer_port, int local_port);

static const long ccurl_before_request_proceed = CURL_PREREQFUNC_OK;
static const long ccurl_before_request_abort = CURL_PREREQFUNC_ABORT;
static const curl_socket_t ccurl_no_socket = CURL_SOCKET_BAD;
static const long ccurl_http_1_1 = CURL_HTTP_VERSION_1_1;
static const long ccurl_tls_1_2_or_newer = CURL_SSLVERSION_TLSv1_2;
static const long ccurl_global_default = CURL_GLOBAL_DEFAULT;
static const CURLversion ccurl_version_now = CURLVERSION_NOW;
static const unsigned int ccurl_url_accept_any_scheme = CURLU_NON_SUPPORT_SCHEME;
static const unsigned int ccurl_url_show_default_port = CURLU_DEFAULT_PORT;

static inline CURLcode ccurl_set_integer(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_large_integer(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_headers(CURL *easy, struct curl_slist *list) {
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
}

static inline CURLcode ccurl_set_data_callback(CURL *easy, CURLoption option,
                                               ccurl_data_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}

static inline CURLcode ccurl_set_open_socket(CURL *easy, ccurl_open_socket_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

static inline CURLcode ccurl_set_before_request(CURL *easy,
                                                ccurl_before_request_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}

static inline CURLcode ccurl_get_integer(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_get_large_integer(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode ccurl_multi_set_integer(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// The outcome of a finished transfer; `CURLMsg` holds it in a union.
static inline CURLcode ccurl_message_result(const CURLMsg *message) {
    return message->data.result;
}

// CURLINFO_CERTINFO is empty on a reused connection, so the peer's certificate is read from the
// TLS session itself. The three OpenSSL functions are looked up in the libssl that libcurl has
// loaded: no header and no link to a libssl that might be another one than libcurl's.
typedef struct {
    void *(*peer_certificate)(const void *session);
    int (*encode)(const void *certificate, unsigned char **out);
    void (*release)(void *certificate);
} ccurl_tls_functions;

/// 1 when all three were found.
static inline int ccurl_find_tls_functions(ccurl_tls_functions *functions) {
    void *loaded = dlopen(NULL, RTLD_LAZY);  // the program and every library it was linked to
    if (loaded == NULL) {
        return 0;
    }
    void *peer = dlsym(loaded, "SSL_get1_peer_certificate");
    if (peer == NULL) {
        peer = dlsym(loaded, "SSL_get_peer_certificate");  // OpenSSL before 3.0
    }
    functions->peer_certificate = (void *(*)(const void *))peer;
    functions->encode = (int (*)(const void *, unsigned char **))dlsym(loaded, "i2d_X509");
    functions->release = (void (*)(void *))dlsym(loaded, "X509_free");
    dlclose(loaded);
    return functions->peer_certificate != NULL && functions->encode != NULL &&
           functions->release != NULL;
}

/// Copies the DER of the peer's leaf certificate; its length, or 0 without TLS or when it does
/// not fit. Valid in the before-request callback, also on a reused connection.
static inline size_t ccurl_copy_peer_certificate(const ccurl_tls_functions *functions, CURL *easy,
                                                 uint8_t *buffer, size_t capacity) {
    const struct curl_tlssessioninfo *session = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == NULL ||
        session->backend != CURLSSLBACKEND_OPENSSL || session->internals == NULL) {
        return 0;
    }
    void *certificate = functions->peer_certificate(session->internals);
    if (certificate == NULL) {
        return 0;
    }
    size_t length = 0;
    int needed = functions->encode(certificate, NULL);
    if (needed > 0 && (size_t)needed <= capacity) {
        unsigned char *out = buffer;
        length = (size_t)functions->encode(certificate, &out);
    }
    functions->release(certificate);
    return length;
}

#endif
