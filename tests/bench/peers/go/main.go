// The worker in Go with the peers that have modules of their own; see ../worker.h.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("worker: ")
	sizes := map[string]int{"renameio_small": 4096, "renameio_large": 100 << 20}
	content, path := bytes.Repeat([]byte("x"), sizes["renameio_large"]), filepath.Join(os.TempDir(), "replaced")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var name string
		var count int
		if _, err := fmt.Sscan(lines.Text(), &name, &count); err != nil {
			log.Fatal(err)
		}
		size, known := sizes[name]
		if !known {
			log.Fatalf("unknown request: %s", lines.Text())
		}
		from := time.Now()
		for range count {
			if err := renameio.WriteFile(path, content[:size], 0o644); err != nil {
				log.Fatalf("%s: %v", name, err)
			}
		}
		fmt.Println(time.Since(from).Nanoseconds())
	}
}
