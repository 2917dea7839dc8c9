// Package suite is what every way to a broker must do, written once. The same code runs natively,
// through a bridge, in browsers and in a WASI host; a [Setup] is all that differs. It never asks
// on which target it is.
package suite

import "testing"

// Run runs the whole suite, of which -run must leave something.
func Run(t *testing.T, s Setup) {
	ran := 0
	for _, b := range behaviours {
		t.Run(b.name, func(t *testing.T) {
			ran++
			b.run(t, s)
		})
	}
	if ran == 0 {
		t.Error("nothing ran: no behaviour matches -run")
	}
}

// Names returns the names of all behaviours: what has to run on every way.
func Names() []string {
	names := make([]string, len(behaviours))
	for i, b := range behaviours {
		names[i] = b.name
	}
	return names
}

var behaviours = []struct {
	name string
	run  func(*testing.T, Setup)
}{
	{"DialTellsTheAddress", dialTellsTheAddress},
	{"DialRefused", dialRefused},
	{"DialUnknownName", dialUnknownName},
	{"DialBlackHoleTimesOut", waiting(dialBlackHoleTimesOut)},
	{"DialIsCancelled", dialIsCancelled},
	{"DialWithContextAlreadyDone", dialWithContextAlreadyDone},
	{"DialDefaultPort", dialDefaultPort},
	{"DialBadArguments", dialBadArguments},
	{"DialIPVersion", dialIPVersion},
	{"DialSecureStepIsBounded", dialSecureStepIsBounded},
	{"DialSecureStepFails", dialSecureStepFails},
	{"TLSHandshakeIsCancelled", tlsHandshakeIsCancelled},
	{"TLSToPlaintext", tlsToPlaintext},

	{"BridgeIsNotThere", waiting(bridgeIsNotThere)},
	{"BridgeDeniesTarget", waiting(bridgeDeniesTarget)},
	{"BridgeWantsToken", bridgeWantsToken},
	{"BridgeTokenIsRenewed", waiting(bridgeTokenIsRenewed)},
	{"BridgeTokenExpires", waiting(bridgeTokenExpires)},
	{"BridgeBreaks", bridgeBreaks},
	{"BridgeGoesAway", bridgeGoesAway},

	{"ReceiveExactCounts", receiveExactCounts},
	{"ReceiveOneByteAtATime", receiveOneByteAtATime},
	{"ReceiveTimesOut", waiting(receiveTimesOut)},
	{"ReceivePartOfIt", receivePartOfIt},
	{"ReceiveDefaultTimeout", waiting(receiveDefaultTimeout)},
	{"ReceiveContextDeadlineIsTheLimit", waiting(receiveContextDeadlineIsTheLimit)},
	{"ReceiveIsCancelled", receiveIsCancelled},
	{"ReceiveFromPeerThatCloses", receiveFromPeerThatCloses},
	{"ReceiveFromPeerThatResets", receiveFromPeerThatResets},
	{"ReceivesAreSerialised", receivesAreSerialised},
	{"ReceiveThatWaitsIsCancelled", receiveThatWaitsIsCancelled},

	{"SendTimesOut", sendTimesOut},
	{"SendIsCancelled", sendIsCancelled},
	{"SendToPeerThatResets", sendToPeerThatResets},
	{"SendBesideReceive", sendBesideReceive},
	{"SendsAreSerialised", sendsAreSerialised},

	{"BadArgumentsLeaveConnOpen", badArgumentsLeaveConnOpen},
	{"ContextAlreadyDoneLeavesConnOpen", contextAlreadyDoneLeavesConnOpen},
	{"CloseFreesReceive", closeFreesReceive},
	{"CloseFreesSend", closeFreesSend},
	{"CloseEndsEverything", closeEndsEverything},
	{"BurstThenClose", burstThenClose},

	{"AliveUntilAllIsReceived", aliveUntilAllIsReceived},
	{"AliveLosesNothing", aliveLosesNothing},
	{"AliveDoesNotWait", aliveDoesNotWait},
	{"TryReceive", tryReceive},

	{"FrameRoundTrips", frameRoundTrips},
	{"FrameThatIsNotKafka", frameThatIsNotKafka},
	{"FrameThatLies", frameThatLies},
	{"FrameCutShort", frameCutShort},

	{"FaultAtEveryByte", faultAtEveryByte},

	{"PipelineMatchesAnswers", pipelineMatchesAnswers},
	{"PipelineCallIsCancelled", pipelineCallIsCancelled},
	{"PipelinePosts", pipelinePosts},
	{"PipelineStalls", pipelineStalls},
	{"PipelineBreaks", pipelineBreaks},
	{"PipelineAnswerToNobody", pipelineAnswerToNobody},

	{"NetConnNettest", netConnNettest},
	{"NetConnDeadlineFiresAndIsReset", netConnDeadlineFiresAndIsReset},
	{"NetConnWriteDeadline", netConnWriteDeadline},
	{"NetConnHasNoTimeoutOfItsOwn", netConnHasNoTimeoutOfItsOwn},
	{"NetConnPlainErrors", netConnPlainErrors},
	{"NetConnCloseIsPrompt", netConnCloseIsPrompt},

	{"TraceTellsWhatHappens", traceTellsWhatHappens},
	{"TraceTellsOfNoConnection", traceTellsOfNoConnection},
	{"TraceTellsTheEnd", traceTellsTheEnd},
	{"TraceGoesDark", traceGoesDark},
	{"TraceNetConnNettest", traceNetConnNettest},

	{"ErrorShapes", errorShapes},

	{"ManyAtOnce", manyAtOnce},
	{"ManyAtOnceWithSlowHandshakes", manyAtOnceWithSlowHandshakes},
	{"DuplexVolume", duplexVolume},
	{"StoppedReaderCostsBoundedMemory", stoppedReaderCostsBoundedMemory},
}

// waiting is for a behaviour that waits for a second or more, and does little else.
func waiting(run func(*testing.T, Setup)) func(*testing.T, Setup) {
	return func(t *testing.T, s Setup) {
		if s.Overlap {
			t.Parallel()
		}
		run(t, s)
	}
}
