package main

import (
	"os"
	"testing"

	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/bot/transcript"
)

// The stories that cross features are played to the whole program.
func TestTranscripts(t *testing.T) { bottest.ReplayAll(t, (&Globals{}).world, "testdata/*.chat") }

// TestTheStageSealsAsTimeGoesBy plays once what shows hashes, which are others each time.
func TestTheStageSealsAsTimeGoesBy(t *testing.T) {
	const file = "testdata/once/sealed.chat"
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script, err := transcript.Parse(file, src)
	if err != nil {
		t.Fatal(err)
	}
	result, err := transcript.Run(t.Context(), script, (&Globals{}).stage(true), transcript.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Failures {
		t.Error(f)
	}
}
