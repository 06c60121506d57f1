// open_loop.go: sends pre-signed deliveries at a fixed rate and checks the proof in every answer.
//
// The load is open: request i is due at i/rate seconds whatever became of those before it, and its
// latency counts from then until the answer's last byte, so that a server that stalls pays for every
// request that had to wait. With -vkey the answers' proofs are checked afterwards, by Go's own
// sumdb/note and sumdb/tlog: the log's signature, the path to the signed root, the leaf's hash.
//
// Build: GO111MODULE=off GOPATH=/usr/share/gocode go build open_loop.go
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type job struct {
	due     time.Time
	request []byte
}

type result struct {
	latency time.Duration
	status  int
	body    []byte
	failure error
}

type answer struct {
	Evidence struct {
		Index    int64  `json:"index"`
		LeafHash string `json:"leaf_hash"`
		Proof    string `json:"proof"`
	} `json:"evidence"`
	Items []struct {
		Verdict *struct {
			State string `json:"state"`
		} `json:"verdict"`
	} `json:"items"`
}

func must(failure error) {
	if failure != nil {
		fmt.Fprintln(os.Stderr, "open_loop:", failure)
		os.Exit(1)
	}
}

// The requests of the file: a little-endian length and that many bytes each.
func requests(path string, count int) [][]byte {
	data, failure := os.ReadFile(path)
	must(failure)
	var all [][]byte
	for len(data) >= 4 && len(all) < count {
		length := binary.LittleEndian.Uint32(data)
		all = append(all, data[4:4+length])
		data = data[4+length:]
	}
	if len(all) < count {
		must(fmt.Errorf("%d requests in %s, %d are needed", len(all), path, count))
	}
	return all
}

// One connection, kept alive; a request that breaks it counts as failed and the next dials again.
func work(address string, jobs <-chan job, results chan<- result) {
	var connection net.Conn
	var reader *bufio.Reader
	for next := range jobs {
		done := result{}
		if connection == nil {
			connection, done.failure = net.Dial("tcp", address)
			if done.failure == nil {
				reader = bufio.NewReaderSize(connection, 1<<16)
			}
		}
		if done.failure == nil {
			done.status, done.body, done.failure = exchange(connection, reader, next.request)
		}
		done.latency = time.Since(next.due)
		if done.failure != nil && connection != nil {
			connection.Close()
			connection = nil
		}
		results <- done
	}
}

func exchange(connection net.Conn, reader *bufio.Reader, request []byte) (int, []byte, error) {
	if _, failure := connection.Write(request); failure != nil {
		return 0, nil, failure
	}
	response, failure := http.ReadResponse(reader, nil)
	if failure != nil {
		return 0, nil, failure
	}
	body, failure := io.ReadAll(response.Body)
	return response.StatusCode, body, failure
}

// The proof of an answer, checked; https://c2sp.org/tlog-proof.
func check(body []byte, verifier note.Verifier, verdict string) error {
	var given answer
	if failure := json.Unmarshal(body, &given); failure != nil {
		return failure
	}
	for _, item := range given.Items {
		if verdict != "" && (item.Verdict == nil || item.Verdict.State != verdict) {
			return fmt.Errorf("the verdict is not %s", verdict)
		}
	}
	head, signed, found := strings.Cut(given.Evidence.Proof, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("no proof in the answer")
	}
	leaf, failure := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if failure != nil {
		return failure
	}
	index, failure := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if failure != nil {
		return failure
	}
	var path tlog.RecordProof
	for _, line := range lines[3:] {
		hash, failure := tlog.ParseHash(line)
		if failure != nil {
			return failure
		}
		path = append(path, hash)
	}
	opened, failure := note.Open([]byte(signed), note.VerifierList(verifier))
	if failure != nil {
		return failure
	}
	tree, failure := tlog.ParseTree([]byte("go.sum database tree\n" + strings.SplitN(opened.Text, "\n", 2)[1]))
	if failure != nil {
		return failure
	}
	hash := tlog.RecordHash(leaf)
	if index != given.Evidence.Index || hash.String() != given.Evidence.LeafHash {
		return fmt.Errorf("the proof is of another leaf than the answer names")
	}
	return tlog.CheckRecord(path, tree.N, tree.Hash, index, hash)
}

func main() {
	address := flag.String("address", "127.0.0.1:8080", "host and port")
	file := flag.String("file", "requests.bin", "pre-signed requests")
	rate := flag.Int("rate", 500, "requests a second")
	seconds := flag.Int("seconds", 10, "length of the load")
	connections := flag.Int("connections", 64, "kept alive; a request waits when all are busy")
	vkey := flag.String("vkey", "", "the log's verifier key; empty: answers hold no proof")
	verdict := flag.String("verdict", "", "the state that every item must have; empty: any or none")
	flag.Parse()
	count := *rate * *seconds
	all := requests(*file, count)
	jobs, results := make(chan job, count), make(chan result, count)
	var workers sync.WaitGroup
	for i := 0; i < *connections; i++ {
		workers.Add(1)
		go func() { defer workers.Done(); work(*address, jobs, results) }()
	}
	begun := time.Now().Add(100 * time.Millisecond)
	for i, request := range all {
		due := begun.Add(time.Duration(i) * time.Second / time.Duration(*rate))
		time.Sleep(time.Until(due))
		jobs <- job{due, request}
	}
	close(jobs)
	workers.Wait()
	close(results)
	report(results, time.Since(begun), *vkey, *verdict)
}

func report(results <-chan result, taken time.Duration, vkey, verdict string) {
	var verifier note.Verifier
	if vkey != "" {
		var failure error
		verifier, failure = note.NewVerifier(vkey)
		must(failure)
	}
	var milliseconds []float64
	refused, proved := 0, 0
	for done := range results {
		milliseconds = append(milliseconds, float64(done.latency)/1e6)
		if done.failure != nil || done.status < 200 || done.status > 299 {
			refused++
			continue
		}
		if verifier == nil {
			continue
		}
		if failure := check(done.body, verifier, verdict); failure != nil {
			fmt.Fprintln(os.Stderr, "open_loop:", failure)
			continue
		}
		proved++
	}
	sort.Float64s(milliseconds)
	at := func(share float64) float64 { return milliseconds[int(share*float64(len(milliseconds)-1))] }
	must(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"sent": len(milliseconds), "refused": refused, "proved": proved, "rps": float64(len(milliseconds)) / taken.Seconds(),
		"p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1),
	}))
}
