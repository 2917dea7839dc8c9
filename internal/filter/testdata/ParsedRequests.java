import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;

// Reads frames as a broker gets them, and prints a line for each: what Kafka's own parser makes of it, as JSON.
public class ParsedRequests {
    private static final Map<Class<?>, Method> CONVERTERS = new HashMap<>();

    public static void main(String[] args) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        while (true) {
            byte[] frame;
            try {
                frame = new byte[in.readInt()];
            } catch (EOFException e) {
                return;
            }
            in.readFully(frame);
            out.print(parse(ByteBuffer.wrap(frame)));
            out.print('\n');
            out.flush();
        }
    }

    private static ObjectNode parse(ByteBuffer frame) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        try {
            short key = frame.getShort(0), version = frame.getShort(2);
            if (!ApiKeys.hasId(key) || !ApiKeys.forId(key).isVersionSupported(version)) {
                return line.put("unsupported", true);
            }
            RequestHeader header = RequestHeader.parse(frame);
            line.put("clientId", header.clientId());
            ByteBuffer body = frame.slice(), again = frame.slice();
            ApiMessage message = ApiMessageType.fromApiKey(key).newRequest();
            message.read(new ByteBufferAccessor(body), version);
            line.put("left", body.remaining());
            // Kafka would write the same bytes: they have no other reading.
            line.put("same", MessageUtil.toByteBufferAccessor(message, version).buffer().equals(again));
            message = server(header, frame, message, line);
            line.set("request", json(message, version));
        } catch (Exception e) {
            line.put("error", e.toString());
        }
        return line;
    }

    // Returns what a broker acts on: what its own way of parsing makes of the request, if it takes it.
    private static ApiMessage server(RequestHeader header, ByteBuffer body, ApiMessage message, ObjectNode line) {
        try {
            RequestContext context = new RequestContext(header, "", InetAddress.getLoopbackAddress(), KafkaPrincipal.ANONYMOUS,
                new ListenerName("L"), SecurityProtocol.PLAINTEXT, ClientInformation.EMPTY, false);
            return context.parseRequest(body).request.data();
        } catch (RuntimeException e) {
            line.put("refused", e.toString() + " " + e.getCause());
            return message;
        }
    }

    private static JsonNode json(ApiMessage message, short version) throws ReflectiveOperationException {
        Class<?> type = message.getClass();
        Method write = CONVERTERS.get(type);
        if (write == null) {
            write = Class.forName(type.getName() + "JsonConverter").getMethod("write", type, short.class);
            CONVERTERS.put(type, write);
        }
        return (JsonNode) write.invoke(null, message, version);
    }
}
