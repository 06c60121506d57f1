// Command logverify checks an exported tlog-tiles log, or one .tlog-proof file, with Go's own
// transparency log and signed note packages: nothing of the project takes part in the answer.
//
// Usage: logverify -key VKEY|FILE [-witness VKEY]... [-old CHECKPOINT]... PATH
//
// PATH is the folder of an exported log (checkpoint, tile/...) or a .tlog-proof file, whose
// `extra` line carries the entry. Exit status: 0 all holds, 1 something does not (standard error
// names it), 2 usage.
//
// Build with Debian's golang-golang-x-mod-dev (x/mod 0.7):
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o logverify main.go
//
// The formats are those of c2sp.org/tlog-tiles, /tlog-checkpoint, /tlog-cosignature, /tlog-proof.
// x/mod knows other tile paths, other bundles and no cosignatures, so those are written out here.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func main() {
	var witnesses, olds list
	key := flag.String("key", "", "the log's vkey, or a file that holds it")
	flag.Var(&witnesses, "witness", "vkey of a witness that must have cosigned (repeatable)")
	flag.Var(&olds, "old", "an older checkpoint that the log must continue (repeatable)")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: logverify -key VKEY|FILE [-witness VKEY]... [-old CHECKPOINT]... PATH")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 || *key == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*key, witnesses, olds, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "logverify: "+err.Error())
		os.Exit(1)
	}
}

func run(key string, witnesses, olds []string, path string) error {
	verifiers, names, err := openKeys(key, witnesses)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return verifyLog(path, verifiers, names, olds)
	}
	return verifyProof(path, verifiers, names)
}

// openKeys returns the verifiers, and the names that must have signed: the log's first.
func openKeys(key string, witnesses []string) ([]note.Verifier, []string, error) {
	if file, err := os.ReadFile(key); err == nil {
		key = strings.TrimSuffix(string(file), "\n")
	}
	log, err := note.NewVerifier(key)
	if err != nil {
		return nil, nil, fmt.Errorf("log key: %v", err)
	}
	verifiers, names := []note.Verifier{log}, []string{log.Name()}
	for _, vkey := range witnesses {
		w, err := newWitness(vkey)
		if err != nil {
			return nil, nil, fmt.Errorf("witness key: %v", err)
		}
		verifiers, names = append(verifiers, w), append(names, w.Name())
	}
	return verifiers, names, nil
}

// witness verifies c2sp.org/tlog-cosignature, type 04.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not name+id+key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, errors.New("not a cosignature key (type 04)")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("key id does not match")
	}
	return &witness{parts[0], hash, key[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(w.key, []byte(signed), sig[8:])
}

// openCheckpoint checks the note and that everybody named has signed it.
func openCheckpoint(msg []byte, verifiers []note.Verifier, names []string) (tlog.Tree, error) {
	n, err := note.Open(msg, note.VerifierList(verifiers...))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %v", err)
	}
	for _, name := range names {
		signed := false
		for _, sig := range n.Sigs {
			signed = signed || sig.Name == name
		}
		if !signed {
			return tlog.Tree{}, fmt.Errorf("checkpoint: not signed by %s", name)
		}
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != names[0] {
		return tlog.Tree{}, errors.New("checkpoint: the origin is not the key's name")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, errors.New("checkpoint: bad tree size")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, errors.New("checkpoint: bad root hash")
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

// hashes are all stored hashes of a tree, in the order of tlog.StoredHashIndex.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(h)) {
			return nil, fmt.Errorf("hash %d is beyond the tree", index)
		}
		out[i] = h[index]
	}
	return out, nil
}

// treeHash is tlog.TreeHash, which in x/mod 0.7 is wrong for the empty tree.
func treeHash(size int64, h hashes) (tlog.Hash, error) {
	if size == 0 {
		return sha256.Sum256(nil), nil
	}
	return tlog.TreeHash(size, h)
}

func verifyLog(dir string, verifiers []note.Verifier, names, olds []string) error {
	msg, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(msg, verifiers, names)
	if err != nil {
		return err
	}
	needed := map[string]bool{}
	stored, err := readEntries(dir, tree.N, needed)
	if err != nil {
		return err
	}
	tiles, err := checkTiles(dir, tree.N, stored, needed)
	if err != nil {
		return err
	}
	if root, err := treeHash(tree.N, stored); err != nil || root != tree.Hash {
		return fmt.Errorf("checkpoint: the entries have another root: %v", err)
	}
	if err := checkFiles(dir, needed); err != nil {
		return err
	}
	for _, old := range olds {
		if err := checkOld(old, tree, stored, verifiers[:1], names[:1]); err != nil {
			return err
		}
	}
	if err := checkSomeProofs(tree, stored); err != nil {
		return err
	}
	fmt.Printf("ok: %d entries, %d tiles, root %v\n", tree.N, tiles, tree.Hash)
	return nil
}

// readEntries hashes every entry, and compares each with its place in the level-0 tile, so that
// a bad one is named.
func readEntries(dir string, size int64, needed map[string]bool) (hashes, error) {
	var stored hashes
	for first := int64(0); first < size; first += 1 << tileHeight {
		width := min(size-first, 1<<tileHeight)
		bundle := tilePath("entries", first>>tileHeight, width)
		needed[bundle] = true
		data, err := os.ReadFile(filepath.Join(dir, bundle))
		if err != nil {
			return nil, fmt.Errorf("entry bundle %s: %v", bundle, err)
		}
		tile, err := os.ReadFile(filepath.Join(dir, tilePath("0", first>>tileHeight, width)))
		if err != nil {
			return nil, fmt.Errorf("tile: %v", err)
		}
		for n := first; n < first+width; n++ {
			if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("entry %d: %s breaks off", n, bundle)
			}
			length := int(binary.BigEndian.Uint16(data))
			entry := data[2 : 2+length]
			data = data[2+length:]
			leaf := tlog.RecordHash(entry)
			at := int(n-first) * tlog.HashSize
			if len(tile) < at+tlog.HashSize || !bytes.Equal(tile[at:at+tlog.HashSize], leaf[:]) {
				return nil, fmt.Errorf("entry %d: its hash is not in %s", n, tilePath("0", first>>tileHeight, width))
			}
			more, err := tlog.StoredHashes(n, entry, stored)
			if err != nil {
				return nil, err
			}
			stored = append(stored, more...)
		}
		if len(data) != 0 {
			return nil, fmt.Errorf("entry bundle %s: %d bytes too many", bundle, len(data))
		}
	}
	return stored, nil
}

// checkTiles compares every tile of every level with the one made of the entries.
func checkTiles(dir string, size int64, stored hashes, needed map[string]bool) (int, error) {
	count := 0
	for level := 0; size>>(level*tileHeight) > 0; level++ {
		row := size >> (level * tileHeight)
		for n := int64(0); n<<tileHeight < row; n++ {
			width := min(row-n<<tileHeight, 1<<tileHeight)
			path := tilePath(strconv.Itoa(level), n, width)
			needed[path] = true
			want, err := tlog.ReadTileData(tlog.Tile{H: tileHeight, L: level, N: n, W: int(width)}, stored)
			if err != nil {
				return 0, err
			}
			got, err := os.ReadFile(filepath.Join(dir, path))
			if err != nil {
				return 0, fmt.Errorf("tile %s: %v", path, err)
			}
			if !bytes.Equal(got, want) {
				return 0, fmt.Errorf("tile %s: not the hashes of the entries", path)
			}
			count++
		}
	}
	return count, nil
}

// checkFiles refuses files of the tile tree that the checkpoint does not need.
func checkFiles(dir string, needed map[string]bool) error {
	root := filepath.Join(dir, "tile")
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) && len(needed) == 0 {
		return nil
	}
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		if err == nil && !needed[filepath.ToSlash(relative)] {
			err = fmt.Errorf("file %s: not of this log", relative)
		}
		return err
	})
}

func checkOld(path string, tree tlog.Tree, stored hashes, log []note.Verifier, name []string) error {
	msg, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	old, err := openCheckpoint(msg, log, name)
	if err != nil {
		return fmt.Errorf("%s: %v", path, err)
	}
	if old.N > tree.N {
		return fmt.Errorf("%s: had %d entries, the log has %d", path, old.N, tree.N)
	}
	if old.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, old.N, stored)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return fmt.Errorf("%s: the log does not continue it: %v", path, err)
	}
	return nil
}

// checkSomeProofs proves and checks entries spread over the log.
func checkSomeProofs(tree tlog.Tree, stored hashes) error {
	step := tree.N/100 + 1
	for n := int64(0); n < tree.N; n += step {
		proof, err := tlog.ProveRecord(tree.N, n, stored)
		if err != nil {
			return err
		}
		leaf := stored[tlog.StoredHashIndex(0, n)]
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf); err != nil {
			return fmt.Errorf("entry %d: %v", n, err)
		}
	}
	return nil
}

func verifyProof(path string, verifiers []note.Verifier, names []string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, checkpoint, ok := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("proof: not a c2sp.org/tlog-proof@v1")
	}
	extra := strings.TrimPrefix(lines[1], "extra ")
	if extra == lines[1] {
		return errors.New("proof: no extra line with the entry")
	}
	entry, err := base64.StdEncoding.Strict().DecodeString(extra)
	if err != nil {
		return fmt.Errorf("proof: extra: %v", err)
	}
	number := strings.TrimPrefix(lines[2], "index ")
	index, err := strconv.ParseInt(number, 10, 64)
	if number == lines[2] || err != nil || strconv.FormatInt(index, 10) != number {
		return errors.New("proof: bad index line")
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return fmt.Errorf("proof: bad hash line %q", line)
		}
		proof = append(proof, hash)
	}
	tree, err := openCheckpoint([]byte(checkpoint), verifiers, names)
	if err != nil {
		return err
	}
	if index < 0 || index >= tree.N {
		return fmt.Errorf("proof: entry %d is beyond the %d of the checkpoint", index, tree.N)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return fmt.Errorf("proof: entry %d: %v", index, err)
	}
	fmt.Printf("ok: entry %d of %d, root %v\n", index, tree.N, tree.Hash)
	return nil
}

// tilePath is the path of c2sp.org/tlog-tiles.
func tilePath(level string, n, width int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	path = "tile/" + level + "/" + path
	if width < 1<<tileHeight {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
