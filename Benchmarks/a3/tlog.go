// tlog.go: appending to Go's own transparency log, golang.org/x/mod/sumdb/tlog and note, as the peer.
//
//	tlog [-n 200000] [-batch 1000] [-file tlog.dat]
//
// n entries of 404 bytes of JSON, their RFC 6962 hashes, entries and hashes written to a file; after
// every batch one fsync and one Ed25519-signed checkpoint. The tree is kept in memory.
//
// Build: GO111MODULE=off GOPATH=/usr/share/gocode go build tlog.go
package main

import (
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(failure error) {
	if failure != nil {
		fmt.Fprintln(os.Stderr, "tlog:", failure)
		os.Exit(1)
	}
}

func main() {
	count := flag.Int64("n", 200000, "entries to append")
	batch := flag.Int64("batch", 1000, "entries a checkpoint")
	file := flag.String("file", "tlog.dat", "where to append")
	flag.Parse()
	grow(*count, *batch, *file)
}

type memory struct{ hashes []tlog.Hash }

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for place, index := range indexes {
		found[place] = m.hashes[index]
	}
	return found, nil
}

func entry(index int64) []byte {
	data, failure := json.Marshal(map[string]interface{}{
		"seq": index, "type": "inquiry.result", "code_ref": fmt.Sprintf("%064x", index*2654435761),
		"issuer": "carrier.cmcc", "verdict": "valid", "latency_ms": 21,
		"observed_at": "2026-11-20T12:00:00Z", "raw_sha256": fmt.Sprintf("%064x", index*40503+7),
		"request_id": fmt.Sprintf("msg_%08d", index),
		"warranty":   map[string]interface{}{"kind": "days", "days": 15},
		"pad":        "0123456789012345678901234567890123456789",
	})
	must(failure)
	return data
}

func grow(count, batch int64, path string) {
	key, _, failure := note.GenerateKey(rand.Reader, "bench.example/tlog")
	must(failure)
	signer, failure := note.NewSigner(key)
	must(failure)
	file, failure := os.Create(path)
	must(failure)
	tree, written := &memory{}, 0
	var pending []byte
	begun := time.Now()
	for index := int64(0); index < count; index++ {
		data := entry(index)
		written += len(data)
		hashes, failure := tlog.StoredHashes(index, data, tree)
		must(failure)
		tree.hashes = append(tree.hashes, hashes...)
		pending = append(pending, data...)
		for _, hash := range hashes {
			pending = append(pending, hash[:]...)
		}
		if (index+1)%batch != 0 && index+1 != count {
			continue
		}
		_, failure = file.Write(pending)
		must(failure)
		must(file.Sync())
		pending = pending[:0]
		root, failure := tlog.TreeHash(index+1, tree)
		must(failure)
		_, failure = note.Sign(&note.Note{
			Text: fmt.Sprintf("bench.example/tlog\n%d\n%s\n", index+1, root)}, signer)
		must(failure)
	}
	fmt.Printf("{\"entries\": %d, \"seconds\": %f, \"leaf_bytes\": %d}\n",
		count, time.Since(begun).Seconds(), int64(written)/count)
}
