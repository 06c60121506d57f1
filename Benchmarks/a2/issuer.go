// issuer.go: an issuer on 127.0.0.1 that answers every inquiry after -delay with the same good verdict.
package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

func main() {
	port := flag.Int("port", 18090, "port on 127.0.0.1")
	delay := flag.Duration("delay", 20*time.Millisecond, "time before each answer")
	flag.Parse()
	answer := []byte(`{"data":null,"meta":{"valid":true,"code":"VALID","detail":"is valid"}}`)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		time.Sleep(*delay)
		w.Header().Set("Content-Type", "application/vnd.api+json")
		w.Write(answer)
	})
	if err := http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
