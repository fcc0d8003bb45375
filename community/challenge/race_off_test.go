//go:build !race

package challenge_test

// raceDetector slows everything down many times: figures mean nothing then.
const raceDetector = false
