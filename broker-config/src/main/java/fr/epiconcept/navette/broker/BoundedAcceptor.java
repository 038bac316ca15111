package fr.epiconcept.navette.broker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.activemq.artemis.core.remoting.impl.netty.ActiveMQFrameDecoder2;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.server.cluster.ClusterConnection;
import org.apache.activemq.artemis.core.server.metrics.MetricsManager;
import org.apache.activemq.artemis.spi.core.protocol.ProtocolManager;
import org.apache.activemq.artemis.spi.core.remoting.Acceptor;
import org.apache.activemq.artemis.spi.core.remoting.AcceptorFactory;
import org.apache.activemq.artemis.spi.core.remoting.BufferHandler;
import org.apache.activemq.artemis.spi.core.remoting.ServerConnectionLifeCycleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artemis's own acceptor, which reads no frame above {@link #MOST_BYTES}.
 *
 * <p>A frame of the core protocol begins with its length, and the stock decoder gathers up to 2 GiB
 * of it in memory, before anybody has logged in: one stranger would fill the memory that all
 * workers share. What workers send in one frame is far below the limit: a file goes in chunks.
 *
 * <p>Public because Artemis makes it by its class's name.
 */
public final class BoundedAcceptor implements AcceptorFactory {
  /** The largest frame of our client is a chunk of a file: 900 KiB, and its header. */
  static final int MOST_BYTES = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(BoundedAcceptor.class);
  private static final Seldom SELDOM = new Seldom(System::nanoTime);

  private final AcceptorFactory stock = new NettyAcceptorFactory();

  /** For Artemis. */
  public BoundedAcceptor() {}

  @Override
  @SuppressWarnings("rawtypes") // as Artemis has it
  public Acceptor createAcceptor(
      String name,
      ClusterConnection cluster,
      Map<String, Object> parameters,
      BufferHandler buffers,
      ServerConnectionLifeCycleListener listener,
      Executor threads,
      ScheduledExecutorService scheduled,
      Map<String, ProtocolManager> protocols,
      String threadFactoryGroup,
      MetricsManager metrics) {
    Map<String, ProtocolManager> bounded = new HashMap<>();
    protocols.forEach((key, protocol) -> bounded.put(key, bounded(protocol)));
    return stock.createAcceptor(
        name,
        cluster,
        parameters,
        buffers,
        listener,
        threads,
        scheduled,
        bounded,
        threadFactoryGroup,
        metrics);
  }

  /** The same protocol, but for the decoder that it puts into a connection's pipeline. */
  @SuppressWarnings("rawtypes")
  private static ProtocolManager bounded(ProtocolManager protocol) {
    return (ProtocolManager)
        Proxy.newProxyInstance(
            BoundedAcceptor.class.getClassLoader(),
            new Class<?>[] {ProtocolManager.class},
            (proxy, method, arguments) -> {
              Object result = call(protocol, method, arguments);
              if (method.getName().equals("addChannelHandlers")) {
                bind((ChannelPipeline) arguments[0]);
              }
              return result;
            });
  }

  @SuppressWarnings("rawtypes")
  private static Object call(ProtocolManager protocol, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(protocol, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Fails loudly with a version of Artemis that decodes in another way: none is unbounded. */
  private static void bind(ChannelPipeline pipeline) {
    pipeline.replace(ActiveMQFrameDecoder2.class, "bounded-decoder", new Bounded());
  }

  /** The stock decoder, which is not let begin with what it should not gather. */
  private static final class Bounded extends ActiveMQFrameDecoder2 {
    @Override
    protected Object decode(ChannelHandlerContext context, ByteBuf in) throws Exception {
      if (in.readableBytes() >= Integer.BYTES) {
        int length = in.getInt(in.readerIndex());
        if (length < 0 || length > MOST_BYTES) {
          refuse(context, Integer.toUnsignedLong(length));
          in.skipBytes(in.readableBytes());
          return null;
        }
      }
      return super.decode(context, in);
    }

    private static void refuse(ChannelHandlerContext context, long length) {
      String from = Seldom.host(String.valueOf(context.channel().remoteAddress()));
      if (SELDOM.isNew(from)) {
        LOG.warn(
            "{} announced {} bytes at once, which no worker does: the connection is closed",
            from,
            length);
      }
      Future<Void> unused = context.close();
    }
  }
}
